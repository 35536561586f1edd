using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json;
using LuohuIOC.Notices;
using LuohuIOC.Tests.Http;
using LuohuIOC.Tests.Sensing.Detectors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace LuohuIOC.Tests.Notices;

/// <summary>Robots of group chats by their documented forms (developer.work.weixin.qq.com 91770, open.dingtalk.com, open.feishu.cn), on a server that every name leads to.</summary>
public sealed class WebhookSenderTests : IAsyncLifetime
{
    private static readonly NoticeMessage Message = NoticeMessage.Of(SomeAlert.Policy(), [SomeAlert.Waiting()], "", SomeAlert.Raised);

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_767_225_600_123);

    private readonly ConcurrentQueue<JsonElement> _bodies = new();
    private readonly ConcurrentQueue<string> _addresses = new();
    private WebApplication _server = null!;
    private string _answer = "";
    private string _type = "application/json";
    private long? _length;
    private int _status = StatusCodes.Status200OK;

    public async ValueTask InitializeAsync() => _server = await WebPage.StartAsync(async context =>
    {
        _length = context.Request.ContentLength;
        _addresses.Enqueue($"{context.Request.Path}{context.Request.QueryString}");
        _bodies.Enqueue((await JsonDocument.ParseAsync(context.Request.Body)).RootElement);
        context.Response.StatusCode = _status;
        context.Response.Headers.Location = "/elsewhere";
        context.Response.ContentType = _type;
        await context.Response.WriteAsync(_answer);
    });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k", """{"errcode":0,"errmsg":"ok"}""", """{"errcode":93000,"errmsg":"invalid webhook url"}""")]
    [InlineData("http://oapi.dingtalk.com/robot/send?access_token=t", """{"errcode":0,"errmsg":"ok"}""", """{"errcode":310000,"errmsg":"keywords not in content"}""")]
    [InlineData("http://open.feishu.cn/open-apis/bot/v2/hook/h", """{"code":0,"msg":"success"}""", """{"code":19001,"msg":"param invalid: incoming webhook access token invalid"}""")]
    public async Task A_robot_is_told_in_its_own_form_and_what_it_refuses_with_200_has_failed(string address, string done, string refused)
    {
        _answer = done;
        Assert.True((await SendAsync(address)).Delivered);
        Assert.True(_bodies.TryDequeue(out var body));
        var text = body.TryGetProperty("msgtype", out var type) ? body.GetProperty("text").GetProperty("content") : body.GetProperty("content").GetProperty("text");
        Assert.Equal("text", (type.ValueKind == JsonValueKind.String ? type : body.GetProperty("msg_type")).GetString());
        Assert.Equal($"{Message.Title}\n{Message.Text}", text.GetString());

        foreach (var answer in new[] { refused, "[]", "{}", "<html>busy</html>", "" })
        {
            _answer = answer;
            Assert.False((await SendAsync(address)).Delivered, answer);
        }
        _answer = refused;
        Assert.Equal(refused, (await SendAsync(address)).Answer);
    }

    /// <summary>The signatures are those of Python's hmac by the makers' descriptions; the key itself goes nowhere.</summary>
    [Fact]
    public async Task A_robot_that_wants_it_signed_gets_it_signed()
    {
        _answer = """{"errcode":0,"code":0}""";
        var robot = "http://oapi.dingtalk.com/robot/send?access_token=t";
        Assert.True((await SendAsync(robot + "#SEC3f9c2d")).Delivered);
        Assert.True(_addresses.TryDequeue(out var address));
        Assert.Equal("/robot/send?access_token=t&timestamp=1767225600123&sign=Uou7DKUU1TsLU8Xii64MMS%2FvFMbi2tErs9rqFXd26o0%3D", address);
        Assert.Equal(Recipient.Of(robot)!.Label, Recipient.Of(robot + "#SEC3f9c2d")!.Label);
        Assert.True(_bodies.TryDequeue(out _));

        Assert.True((await SendAsync("http://open.feishu.cn/open-apis/bot/v2/hook/h#SEC3f9c2d")).Delivered);
        Assert.True(_addresses.TryDequeue(out address));
        Assert.Equal("/open-apis/bot/v2/hook/h", address);
        Assert.True(_bodies.TryDequeue(out var body));
        Assert.Equal(("1767225600", "Fa5eVXOtlu/gdeLbnP+WG+KppGUP9Hl0fFGGOOY4TvM="), (body.GetProperty("timestamp").GetString(), body.GetProperty("sign").GetString()));
        Assert.Equal($"{Message.Title}\n{Message.Text}", body.GetProperty("content").GetProperty("text").GetString());
    }

    [Fact]
    public async Task Any_other_server_gets_the_alerts_as_json()
    {
        Assert.Equal(new NoticeResult(true, "HTTP 200"), await SendAsync("http://sms.luohu.test/alerts"));
        Assert.True(_bodies.TryDequeue(out var body));
        // Some servers take no body without.
        Assert.True(_length > 0);
        Assert.Equal((Message.Title, Message.Text), (body.GetProperty("title").GetString(), body.GetProperty("text").GetString()));
        var alert = Assert.Single(body.GetProperty("alerts").EnumerateArray());
        Assert.Equal(("a1", "orange", 0.31), (alert.GetProperty("id").GetString(), alert.GetProperty("severity").GetString(), alert.GetProperty("value").GetDouble()));
    }

    /// <summary>What is delivered and counted as failed would be sent for ever.</summary>
    [Theory]
    [InlineData("text/html; charset=GBK", 10)]
    [InlineData("text/html; charset=utf8", 10)]
    [InlineData("text/plain", 1_000_000)]
    public async Task What_was_taken_is_taken_whatever_the_page_says(string type, int length)
    {
        (_type, _answer) = (type, new string('x', length));
        Assert.True((await SendAsync("http://sms.luohu.test/alerts")).Delivered);
        Assert.False((await SendAsync("http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k")).Delivered);
    }

    [Fact]
    public async Task A_server_that_repeats_its_address_does_not_put_the_key_into_the_record()
    {
        (_status, _answer) = (StatusCodes.Status404NotFound, "Cannot POST /hook/s3cretkey?token=t0psecret");
        var result = await SendAsync("http://sms.luohu.test/hook/s3cretkey?token=t0psecret");
        Assert.Equal("HTTP 404 Cannot POST /hook/…?token=…", result.Answer);
    }

    [Theory]
    [InlineData(StatusCodes.Status500InternalServerError, "HTTP 500 out of order")]
    [InlineData(StatusCodes.Status302Found, "HTTP 302 out of order")]
    public async Task What_is_not_taken_is_told_with_the_answer(int status, string answer)
    {
        (_status, _answer) = (status, "out of\norder");
        Assert.Equal(new NoticeResult(false, answer), await SendAsync("http://sms.luohu.test/alerts"));
        Assert.Single(_bodies);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_result()
    {
        var sender = new WebhookSender(new Clients(new SocketsHttpHandler()), TimeProvider.System);
        var result = await sender.SendAsync(Recipient.Of($"http://127.0.0.1:{Ports.Next()}/secret")!, Message, TestContext.Current.CancellationToken);
        Assert.False(result.Delivered);
        Assert.DoesNotContain("secret", result.Answer!, StringComparison.Ordinal);
    }

    private Task<NoticeResult> SendAsync(string address)
    {
        var port = new Uri(_server.Urls.Single()).Port;
        var sender = new WebhookSender(new Clients(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync("127.0.0.1", port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        }), new FixedClock(Now));
        return sender.SendAsync(Recipient.Of(address)!, Message, TestContext.Current.CancellationToken);
    }

    private sealed class Clients(SocketsHttpHandler handler) : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => new(handler);
    }
}
