// Runs inside V8, after katex.min.js and mhchem.min.js. One formula per call, JSON in, JSON out; throws nothing.
// Positions leave here as code points (KaTeX counts UTF-16 units). No state is kept between calls.
var xaisiteTypeset = (function () {
  "use strict";
  // KaTeX draws what it does not trust in this colour, without throwing: its trace is looked for in the result.
  var REFUSED_COLOR = "#cC0A1b";
  var PROTOCOLS = ["http", "https", "mailto", "_relative"];
  var ENVIRONMENTS = {multline: "use “gather”", eqnarray: "use “align”", flalign: "use “align”"};
  var INTERNAL = ["\\df@tag", "\\current@color", "\\color"];
  var builtins = null;
  var isDefined = null;
  katex.__defineMacro("\\xaisite@probe", function (context) {
    builtins = context.macros.builtins;
    isDefined = function (name) { return context.isDefined(name); };
    return "";
  });

  function probe() {
    katex.renderToString("\\xaisite@probe");
  }

  function builtinName(f) {
    for (var name in builtins) if (builtins[name] === f) return name;
    return null;
  }

  function reviveMacro(value) {
    if (typeof value === "string") return value;
    if ("builtin" in value) return builtins[value.builtin];
    var tokens = value.tokens.map(function (t) {
      var token = {text: t[0]};
      if (t[1]) token.noexpand = true;
      if (t[2]) token.treatAsRelax = true;
      return token;
    });
    var macro = {tokens: tokens, numArgs: value.numArgs};
    if (value.delimiters) macro.delimiters = value.delimiters;
    if (value.unexpandable) macro.unexpandable = true;
    return macro;
  }

  // Without `loc`: a cached definition must behave as a fresh one, also in the places of errors.
  function freezeMacro(value) {
    if (typeof value === "string") return value;
    if (typeof value === "function") return {builtin: builtinName(value)};
    var tokens = value.tokens.map(function (t) { return [t.text, t.noexpand ? 1 : 0, t.treatAsRelax ? 1 : 0]; });
    return {tokens: tokens, numArgs: value.numArgs, delimiters: value.delimiters || null,
            unexpandable: Boolean(value.unexpandable)};
  }

  function reviveState(frozen) {
    var state = {};
    Object.keys(frozen).forEach(function (name) { state[name] = reviveMacro(frozen[name]); });
    return state;
  }

  function freezeState(state) {
    var frozen = {};
    Object.keys(state).sort().forEach(function (name) {
      if (INTERNAL.indexOf(name) < 0 && state[name] != null) frozen[name] = freezeMacro(state[name]);
    });
    return frozen;
  }

  function points(tex, units) {
    var n = 0;
    for (var i = 0; i < units && i < tex.length; i++) {
      var c = tex.charCodeAt(i);
      if (c >= 0xd800 && c < 0xdc00 && i + 1 < tex.length && (tex.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++;
      n++;
    }
    return n;
  }

  // What ParseError writes after its message about a place in `input`: tells whether the place is in `input` at all.
  function contextOf(input, start, end) {
    var where = start === input.length ? " at end of input: " : " at position " + (start + 1) + ": ";
    var left = start > 15 ? "…" + input.slice(start - 15, start) : input.slice(0, start);
    var right = end + 15 < input.length ? input.slice(end, end + 15) + "…" : input.slice(end);
    return where + left + input.slice(start, end).replace(/[^]/g, "$&\u0332") + right;
  }

  function isPlaceIn(error, input) {
    return error.position <= input.length &&
      error.message === "KaTeX parse error: " + error.rawMessage +
        contextOf(input, error.position, error.position + error.length);
  }

  function findCommand(tex, name, nth) {
    var isWord = /^\\[a-zA-Z@]+$/.test(name);
    for (var at = tex.indexOf(name); at >= 0; at = tex.indexOf(name, at + name.length)) {
      var backslashes = 0;
      while (at - 1 - backslashes >= 0 && tex[at - 1 - backslashes] === "\\") backslashes++;
      if (backslashes % 2 || (isWord && /[a-zA-Z@]/.test(tex[at + name.length] || ""))) continue;
      if (nth-- === 0) return at;
    }
    return -1;
  }

  function problem(tex, kind, message, start, end, hint) {
    var from = points(tex, start);
    while (end > start + 1 && /\s/.test(tex[end - 1])) end--;
    return [kind, message, from, Math.max(from, points(tex, end)), hint || ""];
  }

  function whole(tex, kind, message, hint) {
    return problem(tex, kind, message, 0, tex.length, hint);
  }

  // A command one slip away that KaTeX knows.
  function nearCommand(name) {
    var word = name.slice(1);
    if (!/^[a-zA-Z]{2,}$/.test(word) || word.length > 30) return "";
    var letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    var found = [];
    function consider(candidate) {
      if (found.length === 0 && isDefined("\\" + candidate)) found.push(candidate);
    }
    probe();
    for (var i = 0; i + 1 < word.length; i++) consider(word.slice(0, i) + word[i + 1] + word[i] + word.slice(i + 2));
    for (i = 0; i <= word.length; i++)
      for (var c of letters) consider(word.slice(0, i) + c + word.slice(i));
    for (i = 0; i < word.length; i++)
      for (c of letters) consider(word.slice(0, i) + c + word.slice(i + 1));
    for (i = 0; i < word.length && word.length > 2; i++) consider(word.slice(0, i) + word.slice(i + 1));
    return found.length ? "did you mean “\\" + found[0] + "”?" : "";
  }

  function parseProblem(tex, error, macros) {
    var raw = error.rawMessage;
    var named = /^Undefined control sequence: (\\\S+)$/.exec(raw);
    var environment = /^No such environment: (.*)$/.exec(raw);
    var hint = named ? nearCommand(named[1]) : environment ? ENVIRONMENTS[environment[1].replace("*", "")] || "" : "";
    if (/^Too many expansions/.test(raw))
      return whole(tex, "too-costly", "macros expand for ever (more than 1000 expansions)", hint);
    if (error.position === undefined) return whole(tex, "syntax", raw, hint);
    if (isPlaceIn(error, tex)) {
      var end = Math.min(error.position + error.length, tex.length);
      return problem(tex, "syntax", raw, error.position, end, hint);
    }
    for (var name of Object.keys(macros)) {
      if (typeof macros[name] !== "string" || !isPlaceIn(error, macros[name])) continue;
      var at = findCommand(tex, name, 0);
      var message = raw + " (in the expansion of " + name + ")";
      return at < 0 ? whole(tex, "syntax", message, hint) : problem(tex, "syntax", message, at, at + name.length, hint);
    }
    return whole(tex, "syntax", raw + " (in the expansion of a macro)", hint);
  }

  function otherProblem(tex, error) {
    if (error instanceof RangeError) return whole(tex, "too-costly", "the formula is nested too deeply");
    return whole(tex, "syntax", "KaTeX cannot typeset this: " + String(error && error.message || error));
  }

  function typeset(request) {
    var tex = request.tex;
    var problems = [];
    var seen = {};
    function refuse(command, url) {
      var at = findCommand(tex, command, seen[command] || 0);
      seen[command] = (seen[command] || 0) + 1;
      var message = url ? command + " to " + JSON.stringify(url) + " is refused" : command + " is refused";
      problems.push(at < 0 ? whole(tex, "unsafe", message) : problem(tex, "unsafe", message, at, at + command.length));
    }
    function trust(context) {
      var isLink = context.command === "\\href" || context.command === "\\url";
      if (isLink && PROTOCOLS.indexOf(context.protocol) >= 0) {
        seen[context.command] = (seen[context.command] || 0) + 1;
        return true;
      }
      refuse(context.command, context.url);
      return false;
    }
    function strict(code, message, token) {
      // Refusals speak for themselves; a comment may end a formula, whose delimiters we have cut; KaTeX's lack of metrics
      // for its own symbols is nobody's mistake.
      if (code === "htmlExtension" || code === "commentAtEnd" || /^No character metrics/.test(message)) return "ignore";
      var loc = token && token.loc;
      var here = loc && loc.lexer && loc.lexer.input === tex;
      // KaTeX names the first half of a surrogate pair.
      if (/^[\ud800-\udbff]./.test(token && token.text || ""))
        message = message.replace(/"[\ud800-\udbff]" \(\d+\)/, '"' + token.text + '" (' + token.text.codePointAt(0) + ")");
      var named = /\\[a-zA-Z]+/.exec(message);
      var at = here ? loc.start : named ? findCommand(tex, named[0], 0) : -1;
      var end = here ? loc.end : at + (named ? named[0].length : 0);
      problems.push(at < 0 ? whole(tex, "unusual", message) : problem(tex, "unusual", message, at, end));
      return "ignore";
    }
    var state = reviveState(request.macros);
    var macros = Object.assign({}, state);
    var html = null;
    try {
      html = katex.renderToString(tex, {
        displayMode: request.display, output: "htmlAndMathml", throwOnError: true, errorColor: REFUSED_COLOR,
        macros: macros, globalGroup: true, strict: strict, trust: trust, maxSize: 50, maxExpand: 1000,
      });
      if (html.indexOf(REFUSED_COLOR) >= 0 && !problems.some(function (p) { return p[0] === "unsafe"; })) {
        var command = /\\(href|url|includegraphics|html\w+)/.exec(tex);
        refuse(command ? command[0] : "a command", "");
      }
    } catch (error) {
      problems.push(error instanceof katex.ParseError ? parseProblem(tex, error, state) : otherProblem(tex, error));
    }
    return {html: html, problems: problems, after: request.wants_macros ? freezeState(macros) : null};
  }

  probe();
  return function (text) { return JSON.stringify(typeset(JSON.parse(text))); };
})();
