"""The kernel, by the tests that Jupyter has for all kernels, and by its own."""

from __future__ import annotations

import pytest

kernel_test = pytest.importorskip("jupyter_kernel_test")

RIGHT = "dims n=3\ninput x: [n]\nloss L = sum(x**2)\ncheck dx = 2*x\n"


class TestKernel(kernel_test.KernelTests):  # type: ignore[misc, name-defined]
    kernel_name = "gradcheck"
    language_name = "gradcheck"
    file_extension = ".expr"
    code_display_data: list[dict[str, str]] = []
    code_execute_result = [
        {"code": "dims n=3\ninput x: [n]\nloss L = sum(x**2)\ncheck dx = 2*x", "mime": "text/html"},
        {"code": "%derive\ndims n=3\ninput x: [n]\nloss L = sum(x**2)", "result": "dx = 2 * x   # [n]\n"},
    ]
    complete_code_samples = [RIGHT, "input x: [3]", "%derive\ndims n=2\ninput x: [n]\ny = 2*x"]
    incomplete_code_samples = ["y = conv2d(x,", "check dx =", "dims a,"]
    invalid_code_samples = ["input x [3]", "dims n\ny = nothing\n"]
    completion_samples = [
        {"text": "y = softm", "matches": {"softmax", "softmin"}},
        {"text": "conv_tr", "matches": {"conv_transpose1d", "conv_transpose2d", "conv_transpose3d"}},
        {"text": "che", "matches": {"check"}},
    ]
    code_inspect_sample = "softmax"
    code_generate_error = "input x [3]"
    code_clear_output = ""
    code_hello_world = ""
    code_stderr = ""

    def test_values_of_the_cell_complete(self) -> None:
        reply, _ = self.execute_helper(code=RIGHT)
        assert reply["content"]["status"] == "ok"
        message = self.kc.complete(RIGHT + "check dweight = d")
        reply = self.get_reply(self.kc, message) if hasattr(self, "get_reply") else self.kc.get_shell_msg(timeout=10)
        assert "dx" in reply["content"]["matches"]

    def test_a_wrong_claim_is_a_result_and_a_wrong_file_an_error(self) -> None:
        self.flush_channels()
        reply, output = self.execute_helper(code=RIGHT.replace("2*x", "x"))
        assert reply["content"]["status"] == "ok"
        assert "wrong" in output[0]["content"]["data"]["text/plain"]
        self.flush_channels()
        reply, _ = self.execute_helper(code="input x [3]")
        assert reply["content"]["status"] == "error"

    def test_inspection_shows_a_values_shape_and_gradient(self) -> None:
        self.flush_channels()
        self.kc.inspect(RIGHT, RIGHT.index("x: [n]"))
        reply = self.kc.get_shell_msg(timeout=10)
        assert "dx = 2 * x" in reply["content"]["data"]["text/plain"]
