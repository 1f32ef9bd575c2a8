extension HTMLReport {
  /// The page's colours and measures. Every text has a contrast of at least 4.5 with what is behind it, in both
  /// schemes.
  static let styleSheet = """
    :root {
      color-scheme: light dark;
      --page: #ffffff; --text: #1b1f24; --quiet: #57606a; --line: #d0d7de; --card: #f6f8fa;
      --holds: #116329; --wrong: #a40e26; --open: #7d4e00;
      --holds-fill: #dafbe1; --wrong-fill: #ffebe9; --open-fill: #fff8c5; --cell: #eaeef2; --pad: #ffffff;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #0d1117; --text: #e6edf3; --quiet: #9198a1; --line: #3d444d; --card: #151b23;
        --holds: #56d364; --wrong: #ff9492; --open: #e3b341;
        --holds-fill: #12261e; --wrong-fill: #3c1618; --open-fill: #2e2a1f; --cell: #262c36; --pad: #0d1117;
      }
    }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 72rem; padding: 1rem; background: var(--page); color: var(--text);
      font: 16px/1.5 system-ui, sans-serif; }
    header { display: flex; align-items: baseline; gap: 1rem; border-bottom: 1px solid var(--line); }
    h1 { font-size: 1.25rem; margin: 0; } h2 { font-size: 1.1rem; } h3 { font-size: 1rem; margin: 0; }
    code, pre, .name, .sizes { font-family: ui-monospace, monospace; font-size: 0.9em; }
    pre { overflow-x: auto; background: var(--card); border: 1px solid var(--line); padding: 0.5rem 0.75rem;
      margin: 0.5rem 0; }
    table { border-collapse: collapse; } td { padding: 0.2rem 0.75rem 0.2rem 0; vertical-align: middle; }
    .scroll { overflow-x: auto; }
    .sizes, .shape, footer, .closing, .note { color: var(--quiet); }
    .holds { color: var(--holds); } .wrong { color: var(--wrong); } .open { color: var(--open); }
    .claims { display: grid; gap: 0.75rem;
      grid-template-columns: repeat(auto-fill, minmax(min(26rem, 100%), 1fr)); }
    .claim { border: 1px solid var(--line); border-left: 4px solid currentColor;
      border-radius: 4px; padding: 0.5rem 0.75rem;
      background: var(--page); min-width: 0; }
    .claim > * { color: var(--text); } .claim .verdict { color: inherit; }
    .claim.holds .verdict { color: var(--holds); } .claim.wrong .verdict { color: var(--wrong); }
    .claim.open .verdict { color: var(--open); }
    .claim header { border: 0; gap: 0.5rem; } .claim p { margin: 0.25rem 0; overflow-wrap: anywhere; }
    mark { background: none; color: inherit; text-decoration: underline wavy var(--wrong); text-underline-offset: 3px; }
    del, ins { text-decoration: none; display: block; white-space: pre; }
    del { background: var(--wrong-fill); } ins { background: var(--holds-fill); }
    svg { max-width: 100%; height: auto; font: 12px ui-monospace, monospace; }
    svg text { fill: var(--text); } svg .quiet { fill: var(--quiet); }
    svg .node rect { fill: var(--card); stroke: var(--quiet); }
    svg .node.holds rect { fill: var(--holds-fill); stroke: var(--holds); }
    svg .node.wrong rect { fill: var(--wrong-fill); stroke: var(--wrong); stroke-width: 2; }
    svg .node.open rect { fill: var(--open-fill); stroke: var(--open); stroke-dasharray: 4 2; }
    svg .edge { fill: none; stroke: var(--quiet); } svg marker path { fill: var(--quiet); }
    svg .cell { fill: var(--cell); stroke: var(--line); }
    svg .pad { fill: var(--pad); stroke: var(--line); stroke-dasharray: 2 2; }
    svg .differs { fill: var(--wrong); } svg .ring { fill: none; stroke: var(--text); stroke-width: 2; }
    svg .window { stroke: var(--holds); stroke-width: 2; fill: none; } svg .read { fill: var(--holds); }

    """
}
