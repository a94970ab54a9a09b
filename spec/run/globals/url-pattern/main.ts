const pattern = new URLPattern({ pathname: "/books/:id(\\d+)/:rest*" });
const found = pattern.exec("https://example.com/books/12/a/b")!;
console.log(found.pathname.groups.id, found.pathname.groups.rest, pattern.test("https://example.com/books/x"), pattern.pathname, pattern.hostname);
console.log(new URLPattern("https://*.example.com/:page").exec("https://www.example.com/home")?.pathname.groups.page);
