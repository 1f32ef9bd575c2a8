-- Opens the file of NVIM_FILE in Neovim with the language server of GRADCHECK_PROGRAM and prints what an editor's user sees: the verdict of
-- a wrong claim, the hover over `W`, and the line after its quick fix. Works with Neovim 0.7 and later.
local seconds = 20000
vim.cmd("edit " .. vim.fn.fnameescape(vim.env.NVIM_FILE))
local buffer = vim.api.nvim_get_current_buf()
local client = vim.lsp.start_client({
  name = "gradcheck",
  cmd = { vim.env.GRADCHECK_PROGRAM, "lsp" },
  root_dir = vim.fn.getcwd(),
})
assert(client, "the server does not start")
vim.lsp.buf_attach_client(buffer, client)

local function until_true(what, condition)
  assert(vim.wait(seconds, condition, 50), "no " .. what)
end

until_true("verdict", function() return #vim.diagnostic.get(buffer) > 0 end)
local claim = vim.diagnostic.get(buffer)[1]
print("DIAGNOSTIC " .. claim.lnum .. ":" .. claim.col .. " " .. claim.message:gsub("\n", " | "))

local function request(method, params)
  local answers = vim.lsp.buf_request_sync(buffer, method, params, seconds)
  assert(answers and answers[client], "no answer to " .. method)
  return answers[client].result
end

vim.api.nvim_win_set_cursor(0, { 3, 6 })
local hover = request("textDocument/hover", vim.lsp.util.make_position_params())
print("HOVER " .. hover.contents.value:gsub("\n", " | "))

local params = vim.lsp.util.make_range_params()
params.range = { start = { line = claim.lnum, character = claim.col }, ["end"] = { line = claim.lnum, character = claim.col } }
params.context = { diagnostics = {} }
local fixes = request("textDocument/codeAction", params)
vim.lsp.util.apply_workspace_edit(fixes[1].edit, "utf-16")
print("FIXED " .. vim.api.nvim_buf_get_lines(buffer, claim.lnum, claim.lnum + 1, false)[1])
until_true("end of the verdict", function() return #vim.diagnostic.get(buffer) == 0 end)
print("CLEAN")
vim.lsp.stop_client(client)
vim.cmd("qall!")
