// Memory outside the heap makes the engine collect by its timers, which run in the event loop. A portable engine without
// a main run loop crashes here within two seconds, give or take one.
const work = setInterval(() => {
  const arrays = [];
  for (let index = 0; index < 200; index++) arrays.push(new Uint8Array(100_000));
}, 2);
setTimeout(() => {
  clearInterval(work);
  console.log("done");
}, 5000);
