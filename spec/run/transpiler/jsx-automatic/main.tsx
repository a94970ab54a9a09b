const Component = (props: { name: string; children?: unknown }) => <>{props.name}<hr /></>;
const rest = { "data-x": 1 };
console.log(JSON.stringify(<ul class="a &amp; b" {...rest} key="k"><li>one {1 + 1}</li><Component name="c">text  with
  lines &lt;</Component>{/* nothing */}</ul>));
