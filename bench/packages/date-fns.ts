// Hundreds of small modules behind one index.
import { addDays, differenceInCalendarDays, eachDayOfInterval, format, formatDistance, parseISO } from "date-fns";
import { de } from "date-fns/locale";

const start = parseISO("2024-02-27");
console.log(format(addDays(start, 3), "yyyy-MM-dd EEEE"), format(start, "EEEE, d. MMMM yyyy", { locale: de }));
console.log(differenceInCalendarDays(parseISO("2025-01-01"), start), formatDistance(start, addDays(start, 40)));
console.log(eachDayOfInterval({ start, end: addDays(start, 3) }).map((day) => format(day, "d")).join());
