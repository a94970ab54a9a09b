console.log("never printed");
