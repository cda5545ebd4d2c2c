using System.CommandLine;

namespace Kendt.Server.Commands;

internal static class WebhookCommand
{
    private static readonly Argument<string> Source = new("SOURCE") { Description = "The source" };

    public static Command Make() => new("webhook", "Webhooks in: what other systems send, made into messages and rows by a template") { List(), Show(), Set(), Try(), Remove() };

    private static Command List()
    {
        var command = new Command("list", CommandLine.Help("Show the webhooks.", "kendt webhook list"));
        command.Ask(async (_, gateway, answer, cancel) =>
        {
            var found = await gateway.GetAsync("/v1/webhooks", cancel);
            if (answer.IsJson) answer.Json(found);
            else answer.Table(["source", "address", "signature"], found.EnumerateArray().Select(w => (IReadOnlyList<string>)[w.Text("source"), w.Text("address"), w.Text("signature")]));
            return 0;
        });
        return command;
    }

    private static Command Show()
    {
        var command = new Command("show", CommandLine.Help("Print a webhook's file as it is kept.", "kendt webhook show payments > payments.yaml")).With(Source);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var found = await gateway.GetAsync("/v1/webhooks/" + Uri.EscapeDataString(parse.GetValue(Source)!), cancel);
            if (answer.IsJson) answer.Json(found);
            else await answer.Output.WriteAsync(found.Text("yaml"));
            return 0;
        });
        return command;
    }

    private static Command Set()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A webhook file (YAML)" };
        var secret = new Option<FileInfo?>("--secret-file") { Description = "A file with the secret that the sender signs with; it is kept encrypted", HelpName = "FILE" };
        var command = new Command("set", CommandLine.Help("Keep a webhook file; the source is made if it is not there. Without --secret-file the kept secret stays.",
            "kendt webhook set payments.yaml --secret-file payments.secret")).With(file, secret);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var yaml = await SegmentCommand.ReadAsync(parse.GetValue(file)!, cancel);
            answer.Json(await gateway.PutAsync("/v1/webhooks", new { yaml, secret = parse.GetValue(secret) is { } path ? await SegmentCommand.ReadAsync(path, cancel) : null }, cancel));
            return 0;
        });
        return command;
    }

    private static Command Try()
    {
        var source = new Option<string>("--source") { Description = "The source", HelpName = "NAME", Required = true };
        var body = new Option<FileInfo>("--body") { Description = "What the sender would send", HelpName = "FILE", Required = true };
        var file = new Option<FileInfo?>("--file") { Description = "A webhook file to try instead of the kept one", HelpName = "FILE.yaml" };
        var type = new Option<string?>("--content-type") { Description = "Of the body, where it is a form", HelpName = "TYPE" };
        var command = new Command("try", CommandLine.Help("Show what a body would become. Nothing is taken.", "kendt webhook try --source payments --body charge.json", "kendt webhook try --source payments --body charge.json --file draft.yaml")).With(source, body, file, type);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var yaml = parse.GetValue(file) is { } path ? await SegmentCommand.ReadAsync(path, cancel) : null;
            var shown = await gateway.PostAsync($"/v1/webhooks/{Uri.EscapeDataString(parse.GetValue(source)!)}/try", new { body = await SegmentCommand.ReadAsync(parse.GetValue(body)!, cancel), contentType = parse.GetValue(type), yaml }, cancel);
            answer.Json(shown);
            return shown.Text("refused").Length > 0 ? 1 : 0;
        });
        return command;
    }

    private static Command Remove()
    {
        var command = new Command("remove", CommandLine.Help("Take webhooks of a source no more.", "kendt webhook remove payments")).With(Source);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            answer.Json(await gateway.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/v1/webhooks/" + Uri.EscapeDataString(parse.GetValue(Source)!)), cancel));
            return 0;
        });
        return command;
    }
}
