# What a developer runs. `make check` is what a change must pass.
.PHONY: build static release test format lint examples record-examples house check clean

build:
	swift build

static:
	Scripts/static-binary

release:
	swift build -c release --product gradcheck

test:
	swift test

format:
	swift format -i -r Package.swift Sources Tests

lint:
	swift format lint --strict -r Package.swift Sources Tests

examples: release
	Scripts/examples "$$(swift build -c release --show-bin-path)/gradcheck"
	Scripts/command-line "$$(swift build -c release --show-bin-path)/gradcheck"

record-examples: release
	Scripts/examples --record "$$(swift build -c release --show-bin-path)/gradcheck"

house:
	Scripts/house

check: lint house
	swift build -Xswiftc -warnings-as-errors
	swift test -Xswiftc -warnings-as-errors
	$(MAKE) examples

clean:
	swift package clean
