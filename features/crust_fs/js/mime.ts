// MIME types by file extension, as Bun gives them to `Bun.file(...).type`. Never looks into a file.

const types: Record<string, string> = Object.create(null);
const table = `
text/plain;charset=utf-8 txt text ini conf log
text/html;charset=utf-8 html htm
application/xhtml+xml xhtml
text/css;charset=utf-8 css
text/javascript;charset=utf-8 js mjs cjs jsx ts tsx mts cts
application/json;charset=utf-8 json map
application/json5 json5
application/xml xml xsd
image/svg+xml svg svgz
image/png png
image/jpeg jpg jpeg jpe
image/gif gif
image/webp webp
image/avif avif
image/x-icon ico
image/x-ms-bmp bmp
image/tiff tif tiff
image/heic heic
image/heif heif
image/apng apng
image/vnd.adobe.photoshop psd
audio/mpeg mp3
video/mp4 mp4
audio/x-m4a m4a
video/x-m4v m4v
video/mpeg mpeg mpg
video/quicktime mov
video/x-msvideo avi
video/webm webm
audio/ogg ogg oga opus
video/ogg ogv
audio/x-flac flac
audio/x-wav wav
audio/x-aac aac
video/x-matroska mkv
audio/midi mid midi
video/3gpp 3gp
font/woff woff
font/woff2 woff2
font/ttf ttf
font/otf otf
application/vnd.ms-fontobject eot
font/collection ttc
application/pdf pdf
application/zip zip
application/gzip gz
application/x-tar tar
application/x-bzip2 bz2
application/x-xz xz
application/x-7z-compressed 7z
application/x-rar-compressed rar
application/wasm wasm
text/markdown md markdown
text/mdx mdx
text/csv csv
text/tab-separated-values tsv
text/yaml yaml yml
application/toml toml
application/x-sh sh
text/x-c c h cpp cc
application/rls-services+xml rs
text/x-java-source java
application/x-httpd-php php
application/x-perl pl
text/x-lua lua
application/x-sql sql
text/x-scss scss
text/x-sass sass
text/less less
text/stylus styl
application/msword doc
application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
application/vnd.ms-excel xls
application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
application/vnd.ms-powerpoint ppt
application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
application/vnd.oasis.opendocument.text odt
application/vnd.oasis.opendocument.spreadsheet ods
application/vnd.oasis.opendocument.presentation odp
text/rtf rtf
application/epub+zip epub
text/calendar ics
text/x-vcard vcf
application/ld+json jsonld
application/geo+json geojson
application/manifest+json webmanifest
text/cache-manifest manifest appcache
application/rss+xml rss
application/atom+xml atom
application/x-msdownload exe dll msi bat
application/x-apple-diskimage dmg
application/x-iso9660-image iso
application/x-debian-package deb
application/x-redhat-package-manager rpm
application/vnd.android.package-archive apk
application/java-archive jar war
application/java-vm class
application/x-shockwave-flash swf
application/x-tex tex
application/x-latex latex
message/rfc822 eml
application/vnd.ms-outlook msg
application/x-chrome-extension crx
application/x-xpinstall xpi
application/vnd.apple.mpegurl m3u8
application/dash+xml mpd
text/vtt vtt
application/x-subrip srt
application/ttml+xml ttml
application/x-x509-ca-cert pem crt der
application/pkix-cert cer
application/x-iwork-keynote-sffkey key
application/x-pkcs12 p12
application/pgp-signature asc sig
application/postscript ps eps ai
image/vnd.dxf dxf
image/vnd.dwg dwg
model/stl stl
model/obj obj
model/gltf+json gltf
model/gltf-binary glb
model/vnd.usdz+zip usdz
image/aces exr
application/xslt+xml xsl xslt
application/xml-dtd dtd
application/rdf+xml rdf owl
text/n3 n3
application/n-triples nt
text/turtle ttl
application/vnd.google-earth.kml+xml kml
application/vnd.google-earth.kmz kmz
application/gpx+xml gpx
application/x-bittorrent torrent
application/vnd.ms-cab-compressed cab
`;
for (const line of table.split("\n")) {
  const [type, ...extensions] = line.split(" ");
  for (const extension of extensions) types[extension] = type!;
}

export const unknownType = "application/octet-stream";

/** The type for a path, by what follows its last dot. */
export function typeOf(path: string): string {
  const dot = path.lastIndexOf(".");
  return dot < path.lastIndexOf("/") || dot < 0 ? unknownType : (types[path.slice(dot + 1).toLowerCase()] ?? unknownType);
}
