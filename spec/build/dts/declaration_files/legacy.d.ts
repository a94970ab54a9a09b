declare function legacy(): legacy.Part;
declare namespace legacy {
    interface Part { part: Hidden }
    const part: 3;
}
interface Hidden { hidden: string }
export = legacy;
