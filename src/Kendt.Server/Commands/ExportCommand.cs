using System.CommandLine;
using Kendt.Model;

namespace Kendt.Server.Commands;

internal static class ExportCommand
{
    public static Command Make()
    {
        var segment = new Argument<string>("SEGMENT") { Description = "A stored segment" };
        var purpose = new Option<string>("--purpose") { Description = "What the data is for, such as email_marketing: people who did not allow it are left out", Required = true };
        var to = new Option<FileInfo>("--out") { Description = "The CSV file to write", Required = true, HelpName = "FILE.csv" };
        var command = new Command("export", CommandLine.Help("Write a segment's members to a CSV file, those who allow the purpose only.", "kendt export lapsed-members --purpose email_marketing --out lapsed.csv")).With(segment, purpose, to);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var file = parse.GetValue(to)!;
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/exports") { Content = JsonContent.Create(new { segment = parse.GetValue(segment), purpose = parse.GetValue(purpose) }) };
            using var response = await gateway.OpenAsync(request, cancel);
            await SaveAsync(response, file, cancel);
            var (asked, granted) = (response.Headers.GetValues("Kendt-Asked").First(), response.Headers.GetValues("Kendt-Permitted").First());
            answer.Line(answer.IsJson ? $$"""{"members":{{asked}},"written":{{granted}},"file":"{{file.Name}}"}""" : $"{granted} of {asked} members written to {file.Name}; the others have not allowed {parse.GetValue(purpose)}.");
            return 0;
        });
        return command;
    }

    /// <summary>Writes an answer's body to a file that is whole or not there.</summary>
    internal static async Task SaveAsync(HttpResponseMessage answer, FileInfo file, CancellationToken cancel)
    {
        var temporary = file.FullName + ".part";
        try
        {
            await using (var target = new FileStream(temporary, FileMode.Create, FileAccess.Write)) await answer.Content.CopyToAsync(target, cancel);
            File.Move(temporary, file.FullName, overwrite: true);
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new BadInputException($"The file '{file}' cannot be written ({fault.Message}).", fault);
        }
    }
}
