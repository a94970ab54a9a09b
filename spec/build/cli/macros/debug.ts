export const debug = () => console.log("debugging");
