const url = new URL("../b?x=1&y=2#frag", "https://user:pass@EXAMPLE.com:443/a/c/");
console.log(url.href, url.origin, url.host, url.port, url.pathname, url.search, url.hash, url.username, JSON.stringify(url));
url.port = "8080"; url.searchParams.append("z", "ä b"); url.pathname = "/new path"; url.hash = "";
console.log(String(url), [...url.searchParams.keys()].join(), url.searchParams.size);
console.log(URL.canParse("nope"), URL.parse("nope"), URL.canParse("/a", "http://h"), new URL("http://münchen.de/ü?ö").href, new URL("http://[::1]:80/").host, new URL("http://0x7f.1/").hostname);
try { new URL("nope"); } catch (error: any) { console.log(error.name, error.code); }
const params = new URLSearchParams([["b", "2"], ["a", "1"], ["b", "3"]]); params.sort();
console.log(params.toString(), params.getAll("b").join(), params.has("b", "3"), params.get("none"));
params.delete("b", "2"); console.log(`${params}`, new URLSearchParams({ q: "a+b c" }).toString(), new URLSearchParams("?a=%20+&b").get("a"));
