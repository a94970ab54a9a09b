import "./folder";
