using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;
using LuohuIOC.History;
using LuohuIOC.History.Influx;
using LuohuIOC.Tests.Http;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace LuohuIOC.Tests.History.Influx;

/// <summary>
/// What InfluxDB 2.x answers to <c>/api/v2/write</c> by its documentation (docs.influxdata.com/influxdb/v2/write-data/troubleshoot), since no such
/// server is at hand: the sink must tell a line's fault, which is for ever, from the store's, which is tried again.
/// </summary>
public sealed class Influx2AnswersTests
{
    private const string Line = "pipe,sensor=p-1 level=1.25,Quality=0i 1732233600000000008\n";

    private readonly Answering _store = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_write_names_bucket_organisation_precision_and_token_and_204_is_success(bool isGzip)
    {
        Assert.Null(await WriteAsync(HttpStatusCode.NoContent, "", isGzip));
        Assert.Equal("http://store:8086/api/v2/write?org=luo%20hu&bucket=b%2Fk&precision=ns", _store.Asked!.RequestUri!.AbsoluteUri);
        Assert.Equal("Token secret", _store.Asked.Headers.Authorization!.ToString());
        Assert.Equal(isGzip ? ["gzip"] : [], _store.Asked.Content!.Headers.ContentEncoding);
        Assert.Equal(Line, _store.Body);
    }

    [Theory]
    [InlineData(400, """{"code":"invalid","message":"unable to parse 'pipe,sensor=p-1 level=': missing field value"}""", null)]
    [InlineData(422, """{"code":"unprocessable entity","message":"failure writing points to database: partial write: field type conflict: input field \"level\" on measurement \"pipe\" is type float, already exists as type integer dropped=3"}""", 3)]
    [InlineData(422, """{"code":"unprocessable entity","message":"failure writing points to database: partial write: dropped 4 points outside retention policy of duration 24h0m0s - oldest point pipe,sensor=p-1 at 1970-01-01T00:00:01.541Z dropped because it violates a Retention Policy Lower Bound at 2025-05-20T19:06:17.612973Z, newest point pipe,sensor=p-1 at 1970-01-01T00:00:01.5410006Z dropped because it violates a Retention Policy Lower Bound at 2025-05-20T19:06:17.612973Z dropped=4 for database: 9f282d63c7d3a5c0 for retention policy: autogen"}""", 4)]
    [InlineData(413, """{"code":"request too large","message":"unable to read data: points batch is too large","maxLength":50000000}""", null)]
    public async Task A_lines_fault_is_a_value_with_the_number_of_those_refused(int status, string body, int? dropped)
    {
        var refusal = await WriteAsync((HttpStatusCode)status, body);
        Assert.Equal(dropped, refusal!.Dropped);
    }

    [Theory]
    [InlineData(401, """{"code":"unauthorized","message":"unauthorized access"}""", "History:Influx:Token", null)]
    [InlineData(403, """{"code":"forbidden","message":"insufficient permissions for write"}""", "History:Influx:Token", null)]
    [InlineData(404, """{"code":"not found","message":"bucket \"luohu\" not found"}""", "History:Influx:Org and Bucket", null)]
    [InlineData(429, """{"code":"too many requests","message":"org 0 has exceeded limited_write plan limit"}""", "limit on writes", 30)]
    [InlineData(500, """{"code":"internal error","message":"unexpected error writing points to database: timeout"}""", "tried again", null)]
    [InlineData(503, """{"code":"unavailable","message":"server is temporarily unavailable"}""", "tried again", 2)]
    [InlineData(200, "<html>Please sign in</html>", "not InfluxDB's answer", null)]
    [InlineData(302, "", "not InfluxDB's answer", null)]
    public async Task The_stores_fault_is_told_with_its_remedy_and_its_wish_to_be_left_alone(int status, string body, string remedy, int? retryAfter)
    {
        _store.RetryAfter = retryAfter;
        var thrown = await Assert.ThrowsAsync<HistoryUnavailableException>(() => WriteAsync((HttpStatusCode)status, body));
        Assert.Contains(remedy, thrown.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing is lost", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null, thrown.RetryAfter);
    }

    /// <summary>A page before the store that sends everybody to its sign-in page: what is answered there is not stored.</summary>
    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var asked = new ConcurrentQueue<string>();
        await using var page = await WebPage.StartAsync(context =>
        {
            asked.Enqueue($"{context.Request.Method} {context.Request.Path}");
            context.Response.StatusCode = context.Request.Path == "/login" ? StatusCodes.Status204NoContent : StatusCodes.Status302Found;
            context.Response.Headers.Location = "/login";
            return Task.CompletedTask;
        });
        var options = new InfluxOptions { Url = page.Urls.Single(), ApiVersion = 2, Org = "o", Bucket = "b", Token = "secret" };
        using var http = InfluxClient.NewConnections(options);
        var client = new InfluxClient(options, http, TimeProvider.System);
        await Assert.ThrowsAsync<HistoryUnavailableException>(() => client.WriteAsync(Encoding.UTF8.GetBytes(Line), TestContext.Current.CancellationToken));
        Assert.Equal(["POST /api/v2/write"], asked);
    }

    [Theory]
    [InlineData(403, true)]
    [InlineData(401, false)]
    public async Task Who_may_not_make_a_database_of_1_x_may_write_to_one_that_is_there(int status, bool goesOn)
    {
        (_store.Status, _store.Answer) = ((HttpStatusCode)status, """{"error":"error authorizing query: city not authorized to execute statement 'CREATE DATABASE luohu', requires admin privilege"}""");
        using var http = new HttpClient(_store, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        var client = new InfluxClient(new InfluxOptions { Url = "http://store:8086", ApiVersion = 1, Token = "city:secret" }, http, TimeProvider.System);
        var opened = await Record.ExceptionAsync(() => client.EnsureDatabaseAsync(TestContext.Current.CancellationToken));
        Assert.Equal(goesOn, opened is null);
    }

    private async Task<LineRefusal?> WriteAsync(HttpStatusCode status, string body, bool isGzip = false)
    {
        (_store.Status, _store.Answer) = (status, body);
        using var http = new HttpClient(_store, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        var options = new InfluxOptions { Url = "http://store:8086", ApiVersion = 2, Org = "luo hu", Bucket = "b/k", Token = "secret", Gzip = isGzip };
        return await new InfluxClient(options, http, TimeProvider.System).WriteAsync(Encoding.UTF8.GetBytes(Line), TestContext.Current.CancellationToken);
    }

    private sealed class Answering : HttpMessageHandler
    {
        public HttpStatusCode Status { get; set; }

        public string Answer { get; set; } = "";

        public int? RetryAfter { get; set; }

        public HttpRequestMessage? Asked { get; private set; }

        public string Body { get; private set; } = "";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked = request;
            var sent = await request.Content!.ReadAsStreamAsync(cancellationToken);
            using var text = new StreamReader(request.Content.Headers.ContentEncoding.Count > 0 ? new GZipStream(sent, CompressionMode.Decompress) : sent);
            Body = await text.ReadToEndAsync(cancellationToken);
            var response = new HttpResponseMessage(Status) { Content = new StringContent(Answer, Encoding.UTF8, "application/json") };
            if (RetryAfter is { } seconds) response.Headers.Add("Retry-After", $"{seconds}");
            return response;
        }
    }
}
