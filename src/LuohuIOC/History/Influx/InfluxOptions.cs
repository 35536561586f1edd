namespace LuohuIOC.History.Influx;

/// <summary>Configuration section <c>History:Influx</c>, used with <c>History:Store=Influx</c>.</summary>
public sealed class InfluxOptions
{
    /// <summary>Address of the server, for example <c>http://influx:8086</c>.</summary>
    public string Url { get; set; } = "http://127.0.0.1:8086";

    /// <summary>Database of <c>/write</c> and <c>/query</c>, made at the first start. With version 2 it is the bucket's name for InfluxQL; empty means <see cref="Bucket"/>.</summary>
    public string Database { get; set; } = "luohu";

    /// <summary>Bucket of <c>/api/v2/write</c>. It must exist, with a mapping for InfluxQL (2.x makes one by itself).</summary>
    public string Bucket { get; set; } = "luohu";

    /// <summary>Organisation of <c>/api/v2/write</c>.</summary>
    public string Org { get; set; } = "luohu";

    /// <summary>Version 2: the token. Version 1: <c>user:password</c>. Empty where the server asks for none.</summary>
    public string Token { get; set; } = "";

    /// <summary>1 writes to <c>/write</c> (InfluxDB 1.x), 2 to <c>/api/v2/write</c> (2.x, 3.x and compatible stores). Both read by <c>/query</c>.</summary>
    public int ApiVersion { get; set; } = 1;

    /// <summary>
    /// Compress what is written. Without a value: yes, unless the store is on this machine, where there is no wire to save and both ends
    /// share the processor (measured there: 76 % of the uncompressed speed).
    /// </summary>
    public bool? Gzip { get; set; }

    /// <summary>Lines of one request at most, about 90 bytes each. Fewer after a request that timed out, until they go through again.</summary>
    public int LinesPerWrite { get; set; } = 10_000;

    /// <summary>Requests under way at once.</summary>
    public int ParallelWrites { get; set; } = 2;

    /// <summary>After this long without an answer the store counts as away, and the same readings are tried again.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the host writes what it measures of itself (ingestion, journal, alerts, process) beside the readings; 0 for never.</summary>
    public TimeSpan MetersEvery { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Days that these measurements are kept in InfluxDB 1.x; 0 keeps them for ever. A bucket of 2.x has its own retention.</summary>
    public int MetersDays { get; set; } = 90;

    internal bool Compresses => Gzip ?? !new Uri(Url).IsLoopback;

    /// <summary>What InfluxQL calls the database.</summary>
    internal string QueryDatabase => ApiVersion == 2 && Database.Length == 0 ? Bucket : Database;

    /// <summary>Where readings go, as far as a cursor of one place means nothing in another.</summary>
    internal string Target => $"{Url.TrimEnd('/')} {(ApiVersion == 2 ? Org + "/" + Bucket : Database)}";

    /// <summary>What is wrong with the values, null when nothing is.</summary>
    public string? Fault()
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) return $"History:Influx:Url is '{Url}'; it must begin with http:// or https://.";
        if (ApiVersion is not (1 or 2)) return "History:Influx:ApiVersion must be 1 (/write) or 2 (/api/v2/write).";
        if (ApiVersion == 1 && Database.Length == 0) return "History:Influx:Database must be set.";
        if (ApiVersion == 2 && (Bucket.Length == 0 || Org.Length == 0)) return "History:Influx:Bucket and History:Influx:Org must be set.";
        if (ApiVersion == 1 && Token.Length > 0 && !Token.Contains(':')) return "History:Influx:Token must be user:password with ApiVersion 1.";
        if (LinesPerWrite is < 100 or > 100_000) return "History:Influx:LinesPerWrite must be 100 to 100000.";
        if (ParallelWrites is < 1 or > 16) return "History:Influx:ParallelWrites must be 1 to 16.";
        if (Timeout < TimeSpan.FromMilliseconds(100) || Timeout > TimeSpan.FromMinutes(5)) return "History:Influx:Timeout must be 0.1 s to 5 min.";
        if (MetersEvery < TimeSpan.Zero || MetersEvery > TimeSpan.FromHours(1)) return "History:Influx:MetersEvery must be 0 (never) to 1 h.";
        if (MetersDays < 0) return "History:Influx:MetersDays must be 0 (for ever) or a number of days.";
        return null;
    }
}
