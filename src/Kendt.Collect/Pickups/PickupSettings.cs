using Kendt.Model;

namespace Kendt.Collect;

/// <summary>The kinds of places.</summary>
public enum PickupKind { Folder, S3, Azure, Sftp }

/// <summary>One thing that is said of a place.</summary>
/// <param name="Name">As it is written: path, bucket, privateKey ...</param>
/// <param name="Needed">There is no place without it.</param>
/// <param name="Secret">It is kept encrypted and never shown.</param>
public sealed record PickupField(string Name, bool Needed, bool Secret);

/// <summary>What a place needs to be reached, checked when it is set up and when it is used.</summary>
internal sealed class PickupSettings
{
    /// <summary>For each kind what must be said, what may be, and which of it is secret.</summary>
    private static readonly Dictionary<PickupKind, (string[] Needed, string[] Free, string[] Secret)> Known = new()
    {
        [PickupKind.Folder] = (["path"], ["pattern"], []),
        [PickupKind.S3] = (["bucket", "accessKey", "secretKey"], ["endpoint", "region", "prefix", "pattern"], ["secretKey"]),
        [PickupKind.Azure] = (["container"], ["connection", "address", "prefix", "pattern"], ["connection", "address"]),
        [PickupKind.Sftp] = (["host", "user", "fingerprint"], ["port", "path", "password", "privateKey", "pattern"], ["password", "privateKey"]),
    };

    private readonly IReadOnlyDictionary<string, string> _values;

    public PickupSettings(PickupKind kind, IReadOnlyDictionary<string, string> values)
    {
        var (needed, free, _) = Known[kind];
        var faults = values.Keys.Where(k => !needed.Contains(k) && !free.Contains(k)).Select(k => $"'{k}' is not known for {Word(kind)}; known are {string.Join(", ", needed.Concat(free))}.")
            .Concat(needed.Where(k => !values.TryGetValue(k, out var v) || string.IsNullOrWhiteSpace(v)).Select(k => $"{k} is missing.")).ToList();
        if (kind == PickupKind.Folder && values.TryGetValue("path", out var path) && !Path.IsPathFullyQualified(path)) faults.Add("path is the whole path of a folder, from the root.");
        if (kind == PickupKind.Azure && values.ContainsKey("connection") == values.ContainsKey("address")) faults.Add("Say one of connection (a connection string) and address (the container's address with a SAS).");
        if (kind == PickupKind.Sftp && values.ContainsKey("password") == values.ContainsKey("privateKey")) faults.Add("Say one of password and privateKey.");
        if (kind == PickupKind.Sftp && values.TryGetValue("port", out var port) && !ushort.TryParse(port, out _)) faults.Add("port is a number from 1 to 65535.");
        foreach (var key in new[] { "endpoint", "address" })
        {
            if (values.TryGetValue(key, out var address) && !(Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")) faults.Add($"{key} is an address that begins with https://.");
        }
        if (faults.Count > 0) throw new BadInputException(string.Join(Environment.NewLine, faults));
        _values = values;
        Kind = kind;
    }

    public PickupKind Kind { get; }

    public string this[string key] => _values[key];

    public string? Find(string key) => _values.TryGetValue(key, out var value) && value.Length > 0 ? value : null;

    /// <summary>What can be said of a kind of place, what is needed first.</summary>
    public static IReadOnlyList<PickupField> FieldsOf(PickupKind kind) =>
        [.. Known[kind].Needed.Select(name => new PickupField(name, true, IsSecret(kind, name))), .. Known[kind].Free.Select(name => new PickupField(name, false, IsSecret(kind, name)))];

    public static bool IsSecret(PickupKind kind, string key) => Known[kind].Secret.Contains(key);

    /// <summary>Whether a file is meant: <c>*</c> stands for anything.</summary>
    public bool Wants(string name) =>
        Find("pattern") is not { } pattern || System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(name), ignoreCase: true);

    public IFilePlace Open() => Kind switch
    {
        PickupKind.Folder => new FolderPlace(this),
        PickupKind.S3 => new S3Place(this),
        PickupKind.Azure => new AzurePlace(this),
        _ => new SftpPlace(this),
    };

    private static string Word(PickupKind kind) => kind.ToString().ToLowerInvariant();
}
