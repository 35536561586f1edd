using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LuohuIOC.History.Influx;

/// <summary>The store took some lines of a request and refused others, or refused all for what stands in them.</summary>
/// <param name="Message">The store's words.</param>
/// <param name="Dropped">How many it says it refused, null when it does not say.</param>
internal sealed record LineRefusal(string Message, int? Dropped);

/// <summary>One series of an answer.</summary>
internal sealed record InfluxSeries(IReadOnlyList<string> Columns, JsonElement Rows);

/// <summary>A request timed out: the same lines may go through in smaller portions.</summary>
internal sealed class StoreTooSlowException(string message, Exception inner) : Exception(message, inner);

/// <summary>
/// HTTP to InfluxDB: lines to <c>/write</c> or <c>/api/v2/write</c>, InfluxQL to <c>/query</c>. What is the store's fault comes as
/// <see cref="HistoryUnavailableException"/>, which names the remedy; what is a line's fault comes as a value.
/// </summary>
internal sealed partial class InfluxClient
{
    private const int ErrorTextMax = 600;

    /// <summary>Old shards are rewritten when a part of them is deleted.</summary>
    private static readonly TimeSpan DeletePatience = TimeSpan.FromMinutes(5);

    private readonly InfluxOptions _options;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly string _root;
    private readonly Uri _write;

    public InfluxClient(InfluxOptions options, HttpClient http, TimeProvider time)
    {
        _options = options;
        _http = http;
        _time = time;
        _root = options.Url.TrimEnd('/');
        _write = new Uri(options.ApiVersion == 2
            ? $"{_root}/api/v2/write?org={Uri.EscapeDataString(options.Org)}&bucket={Uri.EscapeDataString(options.Bucket)}&precision=ns"
            : $"{_root}/write?db={Uri.EscapeDataString(options.Database)}&precision=ns");
    }

    /// <summary>Connections for the sink and its queries. Requests carry limits of their own.</summary>
    public static HttpClient NewConnections(InfluxOptions options) => new(new SocketsHttpHandler
    {
        // A write that a sign-in page answers is not written: a redirected POST becomes a GET, and the page says 200.
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = options.Timeout,
        AutomaticDecompression = DecompressionMethods.GZip,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Makes the database where that is ours to do: 1.x; buckets of 2.x are made by whoever gives the token.</summary>
    public async Task EnsureDatabaseAsync(CancellationToken cancellationToken)
    {
        if (_options.ApiVersion != 1) return;
        try
        {
            await QueryAsync($"CREATE DATABASE {InfluxQl.Name(_options.Database)}", cancellationToken);
        }
        catch (HistoryUnavailableException e) when (e.Data["status"] is (int)HttpStatusCode.Forbidden)
        {
            // Only administrators of 1.x may make one. Whether it is there already, the first write says.
        }
    }

    /// <summary>Posts lines; null when the store took them all.</summary>
    /// <exception cref="HistoryUnavailableException">The store takes nothing now.</exception>
    /// <exception cref="StoreTooSlowException">No answer in time.</exception>
    public async Task<LineRefusal?> WriteAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        using var content = Content(lines);
        var (status, body, pause) = await SendAsync(HttpMethod.Post, _write, content, _options.Timeout, cancellationToken);
        // What every InfluxDB and VictoriaMetrics answer; any other success is that of something in between.
        if (status == HttpStatusCode.NoContent) return null;
        if (status == HttpStatusCode.RequestEntityTooLarge) return new LineRefusal("request entity too large", null);
        if (status is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity && LineFault().IsMatch(body) && !StoreLimit().IsMatch(body))
        {
            var dropped = Dropped().Match(body) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : (int?)null;
            return new LineRefusal(body, dropped);
        }
        throw Unavailable(status, body, pause);
    }

    /// <summary>Asks InfluxQL; the series of each statement.</summary>
    public Task<IReadOnlyList<IReadOnlyList<InfluxSeries>>> QueryAsync(string statements, CancellationToken cancellationToken) => QueryAsync(statements, _options.Timeout, cancellationToken);

    private async Task<IReadOnlyList<IReadOnlyList<InfluxSeries>>> QueryAsync(string statements, TimeSpan limit, CancellationToken cancellationToken)
    {
        var address = new Uri($"{_root}/query?epoch=ns&db={Uri.EscapeDataString(_options.QueryDatabase)}");
        using var content = new FormUrlEncodedContent([new("q", statements)]);
        HttpStatusCode status;
        string body;
        try
        {
            (status, body, _) = await SendAsync(HttpMethod.Post, address, content, limit, cancellationToken);
        }
        catch (StoreTooSlowException e)
        {
            throw new HistoryUnavailableException(e.Message, e);
        }
        if (status != HttpStatusCode.OK) throw Unavailable(status, body);
        using var document = JsonDocument.Parse(body);
        var answers = new List<IReadOnlyList<InfluxSeries>>();
        foreach (var result in document.RootElement.GetProperty("results").EnumerateArray())
        {
            if (result.TryGetProperty("error", out var error)) throw Unavailable(status, error.GetString() ?? "");
            answers.Add(!result.TryGetProperty("series", out var series) ? [] :
            [
                .. series.EnumerateArray().Select(s => new InfluxSeries(
                    [.. s.GetProperty("columns").EnumerateArray().Select(c => c.GetString()!)], s.GetProperty("values").Clone())),
            ]);
        }
        return answers;
    }

    /// <summary>Deletes the points of a measurement before a time.</summary>
    public async Task DeleteAsync(string measurement, long beforeNs, CancellationToken cancellationToken)
    {
        if (_options.ApiVersion == 1)
        {
            await QueryAsync($"DELETE FROM {InfluxQl.Name(measurement)} WHERE time < {beforeNs}", DeletePatience, cancellationToken);
            return;
        }
        var address = new Uri($"{_root}/api/v2/delete?org={Uri.EscapeDataString(_options.Org)}&bucket={Uri.EscapeDataString(_options.Bucket)}");
        using var content = JsonContent.Create(new
        {
            start = DateTimeOffset.UnixEpoch,
            stop = DateTimeOffset.FromUnixTimeMilliseconds(PointTime.MsOf(beforeNs)),
            predicate = $"_measurement=\"{measurement}\"",
        });
        var (status, body, _) = await SendAsync(HttpMethod.Post, address, content, DeletePatience, cancellationToken);
        if ((int)status is < 200 or >= 300) throw Unavailable(status, body);
    }

    /// <summary>Deletes, in InfluxDB 1.x, the points before a time of every measurement whose name begins so.</summary>
    public async Task DeleteMatchingAsync(string prefix, long beforeNs, CancellationToken cancellationToken) =>
        await QueryAsync($"DELETE FROM /^{Regex.Escape(prefix)}/ WHERE time < {beforeNs}", DeletePatience, cancellationToken);

    private async Task<(HttpStatusCode Status, string Body, TimeSpan? Pause)> SendAsync(
        HttpMethod method, Uri address, HttpContent content, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        using var request = new HttpRequestMessage(method, address) { Content = content };
        if (_options.Token.Length > 0)
        {
            request.Headers.Authorization = _options.ApiVersion == 2
                ? new AuthenticationHeaderValue("Token", _options.Token)
                : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(_options.Token)));
        }
        try
        {
            using var response = await _http.SendAsync(request, either.Token);
            // Retry-After: 30
            return (response.StatusCode, await response.Content.ReadAsStringAsync(either.Token), response.Headers.RetryAfter?.Delta);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoreTooSlowException($"{_root}: no answer within {limit.TotalSeconds:0.#} s{(limit == _options.Timeout ? " (History:Influx:Timeout)" : "")}. {NothingIsLost}", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new HistoryUnavailableException($"{_root}: InfluxDB cannot be reached ({e.Message}). Start it, or set History:Influx:Url. {NothingIsLost}", e);
        }
    }

    private HttpContent Content(ReadOnlyMemory<byte> lines)
    {
        if (!_options.Compresses) return new ReadOnlyMemoryContent(lines);
        var packed = new MemoryStream(lines.Length / 4);
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(lines.Span);
        var content = new ReadOnlyMemoryContent(packed.GetBuffer().AsMemory(0, (int)packed.Length));
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }

    private const string NothingIsLost = "Nothing is lost while the journal has room; storing is tried again by itself.";

    private HistoryUnavailableException Unavailable(HttpStatusCode status, string body, TimeSpan? pause = null)
    {
        var text = body.ReplaceLineEndings(" ").Trim();
        if (text.Length > ErrorTextMax) text = text[..ErrorTextMax] + "…";
        var remedy = status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "Set History:Influx:Token to one that may write and read there.",
            HttpStatusCode.NotFound when _options.ApiVersion == 2 => "Make the bucket, or set History:Influx:Org and Bucket.",
            HttpStatusCode.NotFound => "The database is gone; it is made again by itself.",
            _ when (int)status is >= 200 and < 400 => "That is not InfluxDB's answer to a write: set History:Influx:Url to the store itself, not to a page before it.",
            HttpStatusCode.TooManyRequests => "Raise the limit on writes there, or let fewer others write.",
            _ when StoreLimit().IsMatch(text) => "Raise that limit in InfluxDB's configuration.",
            _ => "",
        };
        return new HistoryUnavailableException($"{_root}: InfluxDB answers {(int)status} ({text}). {remedy} {NothingIsLost}".Replace("  ", " "))
        {
            Data = { ["status"] = (int)status },
            RetryAfter = pause,
        };
    }

    [GeneratedRegex("partial write|unable to parse|field type conflict|points? beyond retention policy|invalid (?:field|number|boolean|tag|timestamp)|missing (?:fields|tag)", RegexOptions.IgnoreCase)]
    private static partial Regex LineFault();

    /// <summary>Not the line's fault: with a higher limit it would be taken.</summary>
    [GeneratedRegex("max-series-per-database|max-values-per-tag|cache-max-memory-size|timeout", RegexOptions.IgnoreCase)]
    private static partial Regex StoreLimit();

    [GeneratedRegex(@"dropped=([0-9]{1,9})")]
    private static partial Regex Dropped();
}
