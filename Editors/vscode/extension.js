"use strict";

const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

/** Starts `gradcheck lsp` for .expr files. */
function activate() {
  const command = workspace.getConfiguration("gradcheck").get("program", "gradcheck");
  client = new LanguageClient(
    "gradcheck",
    "gradcheck",
    { command, args: ["lsp"] },
    { documentSelector: [{ language: "gradcheck-expr" }] },
  );
  return client.start();
}

function deactivate() {
  return client && client.stop();
}

module.exports = { activate, deactivate };
