class HttpError extends Error { constructor(message: string, readonly status: number) { super(message); this.name = "HttpError"; } }
const show = (error: unknown) => console.log(error);
show(new HttpError("not found", 404));
show(new Error("outer", { cause: new TypeError("inner") }));
show(new AggregateError([new Error("one"), new RangeError("two")], "several"));
