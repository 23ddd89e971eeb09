/** Services hear each other over it: a replay into it would be a repetition to all of them. */
export class LiveTopic extends Error {
  constructor(readonly topic: string) {
    super(`${topic} is the live topic of a service: name another one for the replay`);
    this.name = 'LiveTopic';
  }
}

export class TopicNotEmpty extends Error {
  constructor(
    readonly topic: string,
    readonly records: bigint,
  ) {
    super(
      `${topic} holds ${records} records already: say so if the replay is to come behind them, or name another topic`,
    );
    this.name = 'TopicNotEmpty';
  }
}

export class TopicReplayUnderWay extends Error {
  constructor(readonly topic: string) {
    super(`a history is being brought to ${topic} already`);
    this.name = 'TopicReplayUnderWay';
  }
}

export class NoSuchTopicReplay extends Error {
  constructor(
    readonly id: string,
    readonly state: string | null,
  ) {
    super(state === null ? `there is no replay ${id}` : `the replay ${id} is ${state} already`);
    this.name = 'NoSuchTopicReplay';
  }
}
