// The type of a blob made from a body is a parsed MIME type.
for (const type of ["TEXT/HTML;CHARSET=gbk", "text/html; charset=gbk", 'text/html;x="a"', 'text/html;x="a b\\"c"', "text/html;charset=gbk(", "text/html;a;b=;c=1;c=2", "bogus", "text/", "é/x", ""]) {
  const blob = await new Response("", { headers: { "content-type": type } }).blob();
  console.log(JSON.stringify(type), JSON.stringify(blob.type));
}
for (const url of ["data:IMAGE/gif;hi=x,a", "data:text/plain;,a", "data:;charset=x,a", "data:x,a", "data:,a", "data:a/b;base64;charset=x;base64,YQ=="]) {
  const response = await fetch(url);
  console.log(url, response.headers.get("content-type"), await response.text());
}
