using System.Globalization;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Server.Host;

/// <summary>How one Kendt runs: from the command line, or from environment variables beginning with <c>KENDT_</c>.</summary>
public sealed record KendtOptions
{
    /// <summary>The workspace's folder. Default: <c>kendt-data</c> in the folder that Kendt was started in.</summary>
    public string Data { get; init; } = Environment.GetEnvironmentVariable("KENDT_DATA") ?? "kendt-data";

    /// <summary>A PostgreSQL connection string; null for the embedded engines. Default: <c>KENDT_POSTGRES</c>.</summary>
    public string? Postgres { get; init; } = Environment.GetEnvironmentVariable("KENDT_POSTGRES");

    /// <summary>Port on <see cref="Address"/>; 0 lets the system choose. Default: 5080.</summary>
    public int Port { get; init; } = 5080;

    /// <summary>The address that the server listens on. Default: <c>127.0.0.1</c>; <c>0.0.0.0</c> opens it to the network.</summary>
    public string Address { get; init; } = Environment.GetEnvironmentVariable("KENDT_ADDRESS") ?? "127.0.0.1";

    /// <summary>Memory of the embedded warehouse, MB. Default: 1024.</summary>
    public int WarehouseMemoryMb { get; init; } = 1024;

    /// <summary>Days that messages are kept in the intake log; null for ever, which is the default: what is derived can be made anew from them. Variable <c>KENDT_KEEP_MESSAGES_DAYS</c>.</summary>
    public string? KeepMessagesDays { get; init; } = Environment.GetEnvironmentVariable("KENDT_KEEP_MESSAGES_DAYS");

    /// <summary>The same as a time.</summary>
    public TimeSpan? KeepMessages => int.TryParse(KeepMessagesDays, NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? TimeSpan.FromDays(days) : null;

    /// <summary>The country of phone numbers written without one. Default: DK.</summary>
    public string Country { get; init; } = "DK";

    /// <summary>The time zone of calendar periods, by its IANA name. Default: <c>KENDT_TIME_ZONE</c>, or Europe/Copenhagen.</summary>
    public string TimeZone { get; init; } = Environment.GetEnvironmentVariable("KENDT_TIME_ZONE") ?? "Europe/Copenhagen";

    public TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

    public string Folder => Path.GetFullPath(Data);

    public StoreOptions Store => new() { Folder = Folder, Postgres = string.IsNullOrWhiteSpace(Postgres) ? null : Postgres, WarehouseMemoryMb = WarehouseMemoryMb };

    /// <summary>All faults at once, so that a person mends them in one go.</summary>
    /// <exception cref="BadInputException">Something cannot be as it is.</exception>
    public KendtOptions Validated()
    {
        var faults = new List<string>();
        if (Port is < 0 or > 65535) faults.Add($"--port is {Port}: give a number from 0 to 65535.");
        if (!System.Net.IPAddress.TryParse(Address, out _)) faults.Add($"KENDT_ADDRESS is '{Address}': give an IP address such as 127.0.0.1 or 0.0.0.0.");
        if (WarehouseMemoryMb < 128) faults.Add($"The warehouse needs at least 128 MB, {WarehouseMemoryMb} were given.");
        if (!string.IsNullOrWhiteSpace(KeepMessagesDays) && KeepMessages is not { TotalDays: >= 1 and <= 36_500 }) faults.Add($"KENDT_KEEP_MESSAGES_DAYS is '{KeepMessagesDays}': give a number of days from 1 to 36500, or nothing to keep messages for ever.");
        if (Country.Length != 2 || !Country.All(char.IsAsciiLetterUpper)) faults.Add($"The country is '{Country}': give two capital letters such as DK.");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) || !zone.HasIanaId) faults.Add($"KENDT_TIME_ZONE is '{TimeZone}': give a name such as Europe/Copenhagen or UTC.");
        if (string.IsNullOrWhiteSpace(Data)) faults.Add("--data is empty: name a folder.");
        else if (File.Exists(Folder)) faults.Add($"--data '{Data}' is a file: name a folder.");
        return faults.Count == 0 ? this : throw new BadInputException(string.Join(Environment.NewLine, faults));
    }
}
