console.log(new TextEncoder().encode("aé€😀").join(), JSON.stringify(new TextEncoder().encodeInto("a€", new Uint8Array(3))));
console.log(new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 97, 0xff])), new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array([0xef, 0xbb, 0xbf])).length);
try { new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([0xff])); } catch (error: any) { console.log(error instanceof TypeError, error.code); }
const bytes = new Uint8Array([0xa4, 0xe9, 0x80]);
for (const label of ["latin1", "windows-1252", "iso-8859-15", "koi8-r", "macintosh", "utf-16le", "ascii"]) console.log(label, new TextDecoder(label).encoding, escape(new TextDecoder(label).decode(bytes)));
console.log(new TextDecoder("shift_jis").decode(new Uint8Array([0x93, 0xfa, 0x96, 0x7b])), new TextDecoder("gb18030").decode(new Uint8Array([0xc4, 0xe3])), new TextDecoder("euc-kr").decode(new Uint8Array([0xc7, 0xd1])), new TextDecoder("big5").decode(new Uint8Array([0xa4, 0xa4])));
const decoder = new TextDecoder(); let text = "";
for (const byte of new TextEncoder().encode("€x😀")) text += decoder.decode(new Uint8Array([byte]), { stream: true });
console.log(text + decoder.decode());
try { new TextDecoder("nope"); } catch (error: any) { console.log(error instanceof RangeError, error.code); }
