throw new Error("this file is not asked for")
