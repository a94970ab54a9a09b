throw new Error("outside of the root");
