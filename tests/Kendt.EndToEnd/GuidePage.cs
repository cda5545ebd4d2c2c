using System.Text;

namespace Kendt.EndToEnd;

/// <summary>A command on a page of the guide, and the output that the page says it prints (null if it does not say).</summary>
public sealed record PageStep(IReadOnlyList<string> Arguments, string? Output);

/// <summary>
/// Reads the commands out of a page, so that page and test cannot drift apart: every <c>./kendt ...</c> in a <c>sh</c>
/// block is a step, and a <c>text</c> or <c>csv</c> block after it is what it prints.
/// </summary>
public static class GuidePage
{
    public static IReadOnlyList<PageStep> Read(string markdown)
    {
        var steps = new List<PageStep>();
        var lines = markdown.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("```", StringComparison.Ordinal)) continue;
            var kind = lines[i][3..].Trim();
            var body = string.Join('\n', lines.Skip(i + 1).TakeWhile(l => l != "```"));
            i += body.Split('\n').Length + 1;
            if (kind == "sh") steps.AddRange(Commands(body).Where(c => c is ["./kendt", ..]).Select(c => new PageStep([.. c.Skip(1)], null)));
            else if (kind is "text" or "csv" && steps.Count > 0) steps[^1] = steps[^1] with { Output = body };
        }
        return steps;
    }

    /// <summary>Words of a shell's lines: split at spaces, joined by double quotes and by a backslash at the end of a line.</summary>
    private static List<List<string>> Commands(string text)
    {
        var commands = new List<List<string>> { new() };
        var word = new StringBuilder();
        var (quoted, any) = (false, false);
        void End()
        {
            if (any || word.Length > 0) commands[^1].Add(word.ToString());
            word.Clear();
            any = false;
        }
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '"') (quoted, any) = (!quoted, true);
            else if (c == '\\' && i + 1 < text.Length && text[i + 1] == '\n') i++;
            else if (quoted || !char.IsWhiteSpace(c)) word.Append(c);
            else
            {
                End();
                if (c == '\n') commands.Add([]);
            }
        }
        End();
        return commands;
    }
}
