// Schemas: parsing, errors, inference, transformation.
import { z } from "zod";

const User = z.object({
  name: z.string().min(2),
  age: z.coerce.number().int().positive(),
  tags: z.array(z.enum(["a", "b"])).default([]),
  email: z.email().optional(),
}).transform((user) => ({ ...user, initials: user.name[0] }));

console.log(User.parse({ name: "Ada", age: "36", tags: ["a"] }));
const failed = User.safeParse({ name: "A", age: -1, tags: ["c"], email: "no" });
console.log(failed.success, JSON.stringify(failed.error?.issues, null, 1));
console.log(JSON.stringify(z.toJSONSchema(z.object({ id: z.uuid(), n: z.union([z.literal(1), z.null()]) }))));
