using System.CommandLine;
using Kendt.Model;

namespace Kendt.Server.Commands;

internal static class ExportCommand
{
    public static Command Make()
    {
        var name = new Argument<string>("NAME") { Description = "A stored segment, or a table or view of the warehouse" };
        var purpose = new Option<string?>("--purpose") { Description = "Of a segment: what the data is for, such as email_marketing; people who did not allow it are left out", HelpName = "PURPOSE" };
        var to = new Option<FileInfo>("--out") { Description = "The file to write: what ends with .parquet is Parquet, with .csv CSV", Required = true, HelpName = "FILE" };
        var command = new Command("export", CommandLine.Help("Write a segment's members, those who allow the purpose only, or a whole table to a CSV or Parquet file.", "kendt export lapsed-members --purpose email_marketing --out lapsed.csv", "kendt export event --out events.parquet")).With(name, purpose, to);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var (file, what) = (parse.GetValue(to)!, Uri.EscapeDataString(parse.GetValue(name)!));
            var format = file.Extension.ToLowerInvariant() switch { ".parquet" => "parquet", ".csv" => "csv", _ => throw new BadInputException($"--out: '{file.Name}' ends with neither .csv nor .parquet.") };
            var asked = parse.GetValue(purpose);
            using var request = new HttpRequestMessage(HttpMethod.Get, asked is null ? $"/v1/exports/tables/{what}?format={format}" : $"/v1/exports/segments/{what}?purpose={Uri.EscapeDataString(asked)}&format={format}");
            using var response = await gateway.OpenAsync(request, cancel);
            await SaveAsync(response, file, cancel);
            if (asked is null)
            {
                answer.Line(answer.IsJson ? $$"""{"file":"{{file.Name}}","bytes":{{new FileInfo(file.FullName).Length}}}""" : $"{file.Name} is written.");
                return 0;
            }
            var (members, granted) = (response.Headers.GetValues("Kendt-Asked").First(), response.Headers.GetValues("Kendt-Permitted").First());
            answer.Line(answer.IsJson ? $$"""{"members":{{members}},"written":{{granted}},"file":"{{file.Name}}"}""" : $"{granted} of {members} members written to {file.Name}; the others have not allowed {asked}.");
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
