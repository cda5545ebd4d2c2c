using System.Text;

namespace Kendt.Collect;

/// <summary>Text encodings by the names that people use.</summary>
internal static class Encodings
{
    /// <summary>Null if it is not known. What is called latin1 is, as on the web, windows-1252.</summary>
    public static Encoding? Find(string name)
    {
        var known = name.Trim().ToLowerInvariant() switch
        {
            "latin1" or "latin-1" or "iso-8859-1" or "ansi" => "windows-1252",
            "utf8" => "utf-8",
            "utf16" => "utf-16",
            var other => other,
        };
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(known) ?? Encoding.GetEncoding(known);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
