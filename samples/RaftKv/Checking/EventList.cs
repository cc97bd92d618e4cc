namespace RaftKv.Checking;

/// <summary>Calls and answers in the order of their times, linked, so that a pair is taken out and put back in constant time.</summary>
internal sealed class EventList
{
    private readonly Node _head = new(null!, 0, isCall: false);

    public EventList(RecordedOperation[] operations)
    {
        var events = new List<(long Time, Node Node)>();
        for (var number = 0; number < operations.Length; number++)
        {
            var operation = operations[number];
            var call = new Node(operation, number, isCall: true);
            events.Add((operation.Invoked, call));
            if (operation.Output is not null)
            {
                call.Answer = new Node(operation, number, isCall: false);
                events.Add((operation.Returned, call.Answer));
            }
        }

        // At one time, calls before answers: the two may have overlapped.
        var last = _head;
        foreach (var (_, node) in events.OrderBy(one => one.Time).ThenBy(one => one.Node.IsCall ? 0 : 1))
        {
            (last.Next, node.Previous) = (node, last);
            last = node;
        }
    }

    public Node? First => _head.Next;

    /// <summary>A call or an answer.</summary>
    internal sealed class Node(RecordedOperation operation, int number, bool isCall)
    {
        public RecordedOperation Operation => operation;

        public int Number => number;

        public bool IsCall => isCall;

        public Node? Answer { get; set; }

        public Node? Previous { get; set; }

        public Node? Next { get; set; }

        /// <summary>Takes a call and its answer out.</summary>
        public void Lift()
        {
            Unlink();
            Answer?.Unlink();
        }

        /// <summary>Puts back what was taken out last.</summary>
        public void Restore()
        {
            Answer?.Relink();
            Relink();
        }

        private void Unlink()
        {
            Previous!.Next = Next;
            if (Next is { } next)
            {
                next.Previous = Previous;
            }
        }

        private void Relink()
        {
            Previous!.Next = this;
            if (Next is { } next)
            {
                next.Previous = this;
            }
        }
    }
}
