using System.CommandLine;
using Kendt.Model;

namespace Kendt.Server.Commands;

internal static class MemberCommand
{
    public static Command Make()
    {
        var email = new Argument<string>("EMAIL");
        var name = new Option<string?>("--name") { Description = "How the person is called" };
        var role = new Option<string>("--role") { Description = "admin, marketing, sales, service, analyst or privacy", DefaultValueFactory = _ => "analyst" };
        var add = new Command("add", CommandLine.Help("Add a person and print a sign-in link that works once, within a day. For a person who is there: one more link.",
            "kendt member add anna@example.com --name \"Anna Holm\" --role marketing")).With(email, name, role);
        add.Ask(async (parse, gateway, answer, cancel) =>
        {
            answer.Json(await gateway.PostAsync("/v1/members", new { email = parse.GetValue(email), name = parse.GetValue(name), role = parse.GetValue(role) }, cancel));
            return 0;
        });
        var password = new Command("password", CommandLine.Help("Set a person's password; it is read from standard input.", "kendt member password anna@example.com < password.txt")).With(email);
        password.Ask(async (parse, gateway, answer, cancel) =>
        {
            var text = await Console.In.ReadLineAsync(cancel) ?? throw new BadInputException("Give the password on standard input, on one line.");
            await gateway.PostAsync($"/v1/members/{Uri.EscapeDataString(parse.GetValue(email)!)}/password", new { password = text }, cancel);
            answer.Line("The password is set.");
            return 0;
        });
        var list = new Command("list", CommandLine.Help("Who works with this workspace.", "kendt member list"));
        list.Ask(async (_, gateway, answer, cancel) =>
        {
            var members = await gateway.GetAsync("/v1/members", cancel);
            if (answer.IsJson) answer.Json(members);
            else answer.Table(["email", "name", "role", "signed in"], members.EnumerateArray().Select(m => (IReadOnlyList<string>)[m.Text("email"), m.Text("name"), m.Text("role"), m.Text("signedInAt")]));
            return 0;
        });
        return new Command("member", "People who work with this workspace").With(list, add, password);
    }
}
