export interface Circle { radius: number }
export class Base<T> { unit?: T; }
export namespace deep { export interface Deep { deep: true } }
export default function area(circle: Circle): number { return circle.radius; }
