// What IP addresses look like (RFC 4291 §2.2 for the colons). Never asks anybody.

const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const four = `${octet}(?:\\.${octet}){3}`;
const group = "[0-9a-fA-F]{1,4}";
const ipv4Pattern = new RegExp(`^${four}$`);
// Eight groups, the last two perhaps as an IPv4 address, one run of zeros left out.
const ipv6Pattern = new RegExp(
  `^(?:(?:${group}:){7}(?:${group}|:)|(?:${group}:){6}(?:${four}|:${group}|:)|(?:${group}:){5}(?::${four}|(?::${group}){1,2}|:)|` +
    `(?:${group}:){4}(?:(?::${group}){0,1}:${four}|(?::${group}){1,3}|:)|(?:${group}:){3}(?:(?::${group}){0,2}:${four}|(?::${group}){1,4}|:)|` +
    `(?:${group}:){2}(?:(?::${group}){0,3}:${four}|(?::${group}){1,5}|:)|(?:${group}:){1}(?:(?::${group}){0,4}:${four}|(?::${group}){1,6}|:)|` +
    `(?::(?:(?::${group}){0,5}:${four}|(?::${group}){1,7}|:)))(?:%[0-9a-zA-Z_.~-]{1,})?$`,
);

export function isIPv4(input: unknown): boolean {
  return ipv4Pattern.test(`${input}`);
}
export function isIPv6(input: unknown): boolean {
  return ipv6Pattern.test(`${input}`);
}
export function isIP(input: unknown): 0 | 4 | 6 {
  return isIPv4(input) ? 4 : isIPv6(input) ? 6 : 0;
}

/** `IPv4` or `IPv6`. */
export function familyName(family: number): "IPv4" | "IPv6" {
  return family === 6 ? "IPv6" : "IPv4";
}
