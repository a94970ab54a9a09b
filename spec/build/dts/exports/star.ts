export * from "./deeper";
export const starred = "starred";
export const value = "hidden by the one of main";
export default "not a part of *";
