let fired = 0, last = -1, ordered = true;
for (let i = 0; i < 20_000; i++) setTimeout(() => { fired++; ordered &&= i > last; last = i; }, 1);
const cancelled = Array.from({ length: 20_000 }, () => setTimeout(() => console.log("never printed"), 2));
for (const timer of cancelled) clearTimeout(timer);
setTimeout(() => console.log(fired, ordered), 50);
