const attempt = (...values) => {
  try { require(...values); } catch (error) { console.log(error.code, error.message.replaceAll(__dirname, "."), error.requireStack?.length); }
};
attempt("./nofile.js");
attempt("nopkg");
attempt("");
attempt(5);
attempt();
attempt("./thrower.cjs");
attempt("./thrower.cjs");
