using System.Text;
using LuohuIOC.Ingestion.Commands;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Commands;

public sealed class CommandReplyTests
{
    [Theory]
    [InlineData("""{"id":"c-1","state":"done","ts":1}""", true)]
    [InlineData("""{"id":"c-1","state":"refused","detail":"report_now is not supported","ts":1}""", true)]
    [InlineData("""{"id":"c-1","state":"lost","ts":1}""", false)]
    [InlineData("""{"id":"","state":"done","ts":1}""", false)]
    [InlineData("""{"id":"c-1","state":"done"}""", false)]
    [InlineData("""{"id":"c-1","state":"done","ts":1} x""", false)]
    // PostgreSQL takes no such text: the reply would come again without end.
    [InlineData("""{"id":"\u0000","state":"done","ts":1}""", false)]
    [InlineData("""{"id":"c-1","state":"done","detail":"a\u0000b","ts":1}""", false)]
    public void A_reply_is_read_or_refused(string payload, bool isReply) => Assert.Equal(isReply, CommandReply.TryRead(Encoding.UTF8.GetBytes(payload), out _));
}
