using System.IO.Compression;
using System.Net;
using System.Text;
using LuohuIOC.History;
using LuohuIOC.History.Influx;
using LuohuIOC.History.Queries;
using LuohuIOC.Ingestion;
using LuohuIOC.Ingestion.Rejections;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.History.Influx;

/// <summary>One server for all tests of the collection; each scene has a database of its own.</summary>
public sealed class SharedInfluxd : IAsyncLifetime
{
    internal const string Collection = "influxd";

    public Influxd Server { get; } = new();

    public async ValueTask InitializeAsync() => await Server.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

[CollectionDefinition(SharedInfluxd.Collection)]
public sealed class InfluxdCollection : ICollectionFixture<SharedInfluxd>;

/// <summary>What may go wrong between the sink and the real server.</summary>
internal enum Fault
{
    None,

    /// <summary>Nobody listens.</summary>
    Refused,

    /// <summary>A proxy answers 503.</summary>
    Overloaded,

    /// <summary>No answer comes.</summary>
    Silent,

    /// <summary>The server takes the lines, the answer is lost.</summary>
    AnswerLost,

    /// <summary>No answer comes to requests of more than <see cref="InfluxScene.SlowLines"/> lines.</summary>
    Slow,
}

/// <summary>History in the real server, over connections that can fail.</summary>
internal sealed class InfluxScene : StoreScene
{
    public const int SlowLines = 300;

    private readonly Influxd _server;
    private readonly Connections _connections = new();
    private InfluxHistory _history;

    public InfluxScene(Influxd server, Action<InfluxOptions>? configure = null)
    {
        _server = server;
        Options = new InfluxOptions { Url = server.Url, Database = $"t{Guid.NewGuid():n}", LinesPerWrite = 100, Gzip = true };
        configure?.Invoke(Options);
        _history = Open();
    }

    public InfluxOptions Options { get; }

    public List<Rejection> Rejections { get; } = [];

    public override IReadingHistory Store => _history;

    public override IReadingQueries Queries => new InfluxQueries(_history);

    public InfluxHistory History => _history;

    public Fault Fault { get => _connections.Fault; set => _connections.Fault = value; }

    /// <summary>Lines of each request that was posted.</summary>
    public List<int> Posted => _connections.Posted;

    /// <summary>Makes the database with one shard for all times, which makes far-apart times cheap.</summary>
    public Task CreateDatabaseAsync() => _server.QueryAsync($"CREATE DATABASE \"{Options.Database}\" WITH SHARD DURATION 5200w");

    public override async Task FailAsync(List<ReadingGroup> groups)
    {
        Fault = Fault.AnswerLost;
        await Assert.ThrowsAsync<HistoryUnavailableException>(async () => await _history.AppendAsync(groups, default));
        Fault = Fault.None;
    }

    public override async Task RestartAsync()
    {
        await _history.DisposeAsync();
        _history = Open();
        await _history.OpenAsync(TestContext.Current.CancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        await _history.DisposeAsync();
        await _server.QueryAsync($"DROP DATABASE \"{Options.Database}\"");
        await base.DisposeAsync();
    }

    private InfluxHistory Open() => new(
        Folder, Options, new HttpClient(_connections, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan }, n => this[n],
        rejection =>
        {
            Rejections.Add(rejection);
            return Task.CompletedTask;
        },
        TimeProvider.System, NullLogger<InfluxHistory>.Instance);

    private sealed class Connections() : DelegatingHandler(new SocketsHttpHandler())
    {
        public Fault Fault { get; set; }

        public List<int> Posted { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var lines = request.RequestUri!.AbsolutePath.EndsWith("write", StringComparison.Ordinal) ? await LinesAsync(request, cancellationToken) : 0;
            switch (Fault)
            {
                case Fault.Refused:
                    throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");
                case Fault.Overloaded:
                    return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Content = new StringContent("try later") };
                case Fault.Silent:
                case Fault.Slow when lines > SlowLines:
                    await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
                    break;
                case Fault.AnswerLost when lines > 0:
                    using (await base.SendAsync(request, cancellationToken)) throw new HttpRequestException("The response ended prematurely.");
            }
            if (lines > 0) lock (Posted) Posted.Add(lines);
            return await base.SendAsync(request, cancellationToken);
        }

        private static async Task<int> LinesAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
            if (request.Content.Headers.ContentEncoding.Contains("gzip"))
            {
                using var unpacked = new MemoryStream();
                using (var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress)) await gzip.CopyToAsync(unpacked, cancellationToken);
                body = unpacked.ToArray();
            }
            return Encoding.UTF8.GetString(body).Count(c => c == '\n');
        }
    }
}
