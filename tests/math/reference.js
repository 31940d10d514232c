// The same formulas under Node, with the options of xaisite/math/shim.js, for comparison byte for byte.
const [script, chemistry] = process.argv.slice(2);
const katex = require(script);
globalThis.katex = katex;
const Module = require("module");
const load = Module._load;
Module._load = (name, ...rest) => (name === "katex" ? katex : load(name, ...rest));
require(chemistry);
const formulas = JSON.parse(require("fs").readFileSync(0, "utf8"));
const out = formulas.map(([tex, displayMode]) => katex.renderToString(tex, {
  displayMode, output: "htmlAndMathml", throwOnError: true, strict: "ignore", trust: true, maxSize: 50,
  maxExpand: 1000, globalGroup: true, macros: {},
}));
process.stdout.write(JSON.stringify(out));
