exports.value = "required";
