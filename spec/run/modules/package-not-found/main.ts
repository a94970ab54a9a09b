import "left-out";
