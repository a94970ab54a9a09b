console.log(btoa("hello ÿ"), atob("aGVsbG8="), atob(" aGVs\nbG8 "));
for (const act of [() => btoa("€"), () => atob("a"), () => atob("a===")]) try { console.log(act()); } catch (error: any) { console.log(error.name, error.code, error instanceof DOMException); }
