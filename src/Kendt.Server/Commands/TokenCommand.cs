using System.CommandLine;

namespace Kendt.Server.Commands;

internal static class TokenCommand
{
    public static Command Make()
    {
        var name = new Argument<string>("NAME") { Description = "What the token is for" };
        var scope = new Option<string[]>("--scope") { Description = "What it may do; may be repeated: profiles:read, segments:read, segments:write, import, sql, admin", Required = true, AllowMultipleArgumentsPerToken = true };
        var days = new Option<int?>("--days") { Description = "Days until it ends; without it, it does not end by itself" };
        var add = new Command("add", CommandLine.Help("Add an API token and print it, once.", "kendt token add crm --scope profiles:read", "kendt token add loader --scope import --days 90")).With(name, scope, days);
        add.Ask(async (parse, gateway, answer, cancel) =>
        {
            answer.Json(await gateway.PostAsync("/v1/tokens", new { name = parse.GetValue(name), scopes = parse.GetValue(scope), days = parse.GetValue(days) }, cancel));
            return 0;
        });
        return new Command("token", "Keys for programs that ask Kendt").With(add);
    }
}
