export default () => { throw new Error("broken on purpose"); };
