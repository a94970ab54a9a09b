// The queue of timers: one first-in-first-out list per duration, and a binary min-heap of these lists by due time.
// Starting and stopping a timer whose duration is already in use costs no heap work. It never calls anything.

export interface QueuedTimer {
  readonly duration: number;
  due: number;
  list: TimerList | null;
  next: QueuedTimer | null;
  previous: QueuedTimer | null;
}

interface TimerList {
  readonly duration: number;
  first: QueuedTimer | null;
  last: QueuedTimer | null;
  /** Place in the heap, from 1. */
  index: number;
  /** Breaks ties between lists whose first timers are due at the same time: earlier insertion first. */
  order: number;
}

export class TimerQueue {
  #lists = new Map<number, TimerList>();
  // Index 0 stays unused, so that the children of i are 2i and 2i+1.
  #heap: (TimerList | null)[] = [null];
  #order = 0;

  /** When the earliest timer is due, or -1 without timers. */
  earliest(): number {
    return this.#heap.length === 1 ? -1 : dueOf(this.#heap[1] as TimerList);
  }

  /** Appends a timer that is not in the queue; it is due `duration` after `time`. */
  insert(timer: QueuedTimer, time: number): void {
    timer.due = time + timer.duration;
    let list = this.#lists.get(timer.duration);
    if (list === undefined) {
      list = { duration: timer.duration, first: timer, last: timer, index: this.#heap.length, order: this.#order++ };
      timer.list = list;
      this.#lists.set(timer.duration, list);
      this.#heap.push(list);
      this.#moveUp(list);
      return;
    }
    timer.list = list;
    timer.previous = list.last;
    (list.last as QueuedTimer).next = timer;
    list.last = timer;
  }

  /** Takes a timer out, if it is in. */
  remove(timer: QueuedTimer): void {
    const list = timer.list;
    if (list === null) {
      return;
    }
    const wasFirst = list.first === timer;
    if (timer.previous === null) {
      list.first = timer.next;
    } else {
      timer.previous.next = timer.next;
    }
    if (timer.next === null) {
      list.last = timer.previous;
    } else {
      timer.next.previous = timer.previous;
    }
    timer.list = null;
    timer.next = null;
    timer.previous = null;
    if (list.first === null) {
      this.#removeList(list);
    } else if (wasFirst) {
      list.order = this.#order++;
      this.#moveDown(list);
    }
  }

  /** Takes out the earliest timer if it is due at `time`. */
  takeDue(time: number): QueuedTimer | null {
    const list = this.#heap[1];
    if (list === undefined || list === null || dueOf(list) > time) {
      return null;
    }
    const timer = list.first as QueuedTimer;
    this.remove(timer);
    return timer;
  }

  #removeList(list: TimerList): void {
    this.#lists.delete(list.duration);
    const last = this.#heap.pop() as TimerList;
    if (last !== list) {
      this.#put(last, list.index);
      this.#moveUp(last);
      this.#moveDown(last);
    }
  }

  #put(list: TimerList, index: number): void {
    this.#heap[index] = list;
    list.index = index;
  }

  #moveUp(list: TimerList): void {
    let index = list.index;
    while (index > 1) {
      const parent = this.#heap[index >> 1] as TimerList;
      if (!isBefore(list, parent)) {
        break;
      }
      this.#put(parent, index);
      index >>= 1;
    }
    this.#put(list, index);
  }

  #moveDown(list: TimerList): void {
    const heap = this.#heap;
    let index = list.index;
    for (let child = index * 2; child < heap.length; child = index * 2) {
      if (child + 1 < heap.length && isBefore(heap[child + 1] as TimerList, heap[child] as TimerList)) {
        child++;
      }
      const least = heap[child] as TimerList;
      if (!isBefore(least, list)) {
        break;
      }
      this.#put(least, index);
      index = child;
    }
    this.#put(list, index);
  }
}

// A list in the heap is never empty: the first timer's due time is the list's. An emptied list is taken out
// by `#removeList`, which compares it with nothing.
function dueOf(list: TimerList): number {
  return list.first === null ? 0 : list.first.due;
}

function isBefore(left: TimerList, right: TimerList): boolean {
  const difference = dueOf(left) - dueOf(right);
  return difference < 0 || (difference === 0 && left.order < right.order);
}
