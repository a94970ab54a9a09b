/** @jsxRuntime classic */
/** @jsx h */
/** @jsxFrag Frag */
const Frag = "frag";
const h = (type, props, ...children) => ({ type, props, children });
const list = ["a", "b"];
console.log(JSON.stringify(<div {...{ one: 1 }} two><>{list.map((x) => <b>{x}</b>)}</></div>));
