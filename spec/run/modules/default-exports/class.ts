export default class { kind = "class"; }
