import "./broken";
import { nothing } from "./empty";
import missing from "./missing";
import pkg from "not-installed";
nothing(missing, pkg);
