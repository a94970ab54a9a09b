/** Seen everywhere. */
interface GlobalThing { other: GlobalOther }
interface GlobalOther { one: 1 }
declare var aGlobal: GlobalThing;
