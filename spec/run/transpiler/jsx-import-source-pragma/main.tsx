/** @jsxImportSource tiny */
console.log(JSON.stringify(<p>text</p>));
